"""What follows a listener from device to device: the shared language and the local mirror."""

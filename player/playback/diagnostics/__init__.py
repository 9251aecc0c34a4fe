"""What happened between the server and the ear: noted cheaply, summed up when somebody asks."""

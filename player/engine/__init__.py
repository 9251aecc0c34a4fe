"""The engine process: owns playback, queue and session, and serves views over a local socket."""

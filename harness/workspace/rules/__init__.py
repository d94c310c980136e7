"""What the services do, without HTTP: runs, metrics, artifacts, limits, and the folder in which it all is kept."""

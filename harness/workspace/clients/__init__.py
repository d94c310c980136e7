"""What the real clients need of this process: credentials, environment, queues, and their private names."""

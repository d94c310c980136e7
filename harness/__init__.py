"""Checks, by running both clients, what survives a move from Azure ML SDK v1 logging to MLflow."""

"""What a script of SDK v1 would lose: each call that it makes, with its real values, through the mappings.

The script runs unmodified against an embedded workspace while its calls are written down; then each is verified as any
other case of an entry. What a difference is, and whether it is explained, is decided in `harness.verify`.
"""

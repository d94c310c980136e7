"""Serves a workspace to other processes: unmodified scripts, and whatever they start.

`certificates` makes the keys, `proxy` is what the scripts' clients talk to, `answering` turns a request into an
answer, and `launching` runs a script with a run of its own. In-process use (`open_workspace`) needs none of this.
"""

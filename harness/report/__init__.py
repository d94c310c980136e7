"""The report: what a run found, as one file of plain data, and every view of it.

Knows only results. Nothing of MLflow, Azure, pytest, Hypothesis or the other rooms comes in here
(`harness.errors` apart), so that a report can be read and shown where none of them is installed.
"""

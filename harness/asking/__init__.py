"""Questions about one entry: what happens to this value, what does the entry say, is there more than it says.

Every answer comes from the pipeline that verifies entries. Read `trying` (one value) and `exploring` (a search) first.
"""

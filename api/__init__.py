"""FACE 3: for programs. /api/v1/ on the BSS host for staff, on a store host for resellers whose plan includes it.

It knows no other face. A resource is a file: how its rows read, what may be sent, and which verb of `plans` does it.
"""

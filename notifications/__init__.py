"""The post room: takes a letter, keeps it, sends it. It does not know what a plan is.

A story in plans calls `post.post(...)` in its own transaction: the letter is a row with its exact words.
After the commit a worker hands the row over (`delivery.deliver`); what is due and has nobody working on it
is found again by the sweeper (`delivery.deliver_due`). Nothing about a letter lives anywhere but in its row.
"""

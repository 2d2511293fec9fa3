"""Setup > Import resellers: a CSV file, the fate of every row, and then the rows.

Between the two steps nothing is kept here: the check gives the text back to the browser, signed, and Apply takes what
was checked and nothing else. From then on a run holds the file until workers have brought in its rows
(plans/import_runs.py); its result is kept for a day. Running the same file again says the same.
"""

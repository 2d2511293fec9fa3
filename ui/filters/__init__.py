"""What can be asked of the lists, by the back office's pages and by the API alike.

A page takes what makes no sense for nothing asked; the API refuses it. The request names the operator.
"""

"""Plans: what a reseller holds, what it may hold next, and how it gets there.

An Operator (a distributor) sells to reseller Accounts. A reseller is on a Plan because it has an active plan
Subscription; Basic is the absence of one. It changes plan by an Order, whichever door the order came through.
A worker executes the order: the old subscription ends, the new one starts, the Storefront opens, changes or is
parked under its Storefront Alias, and letters are written. All of that is one database transaction.

Account, User, Product and Basket live here too, because a plan is what is held by an account, sold as a product,
put in a basket, ordered, subscribed to, and what opens a storefront. This package knows no request, no screen and
no wording of letters.
"""

"""The storm: many upgrades through all doors at once, while processes, connections and servers die. Then the judge."""

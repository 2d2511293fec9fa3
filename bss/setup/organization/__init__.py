"""Setup > Organization: who the distributor is, in which money, time and tax it sells, and how its numbers go on."""

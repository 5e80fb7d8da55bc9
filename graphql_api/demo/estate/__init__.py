"""The real-estate platform of the demo: agents, their listings, and the portals of buyers and sellers."""

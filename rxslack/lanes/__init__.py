"""Work in lanes: in a lane one job after the other, the lanes side by side, all at a pace."""

"""What follows from receptive fields: gridding, influence, drift, tiles, streams, schedules of dilations."""

"""Which networks of a file are analysed, and on which inputs."""

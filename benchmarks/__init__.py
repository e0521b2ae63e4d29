"""What simcap's speed is compared with: the same work, done by others."""

"""`python -m bench`: what a chat message of PeerLoop costs, beside named peers on the same machine in the same run."""

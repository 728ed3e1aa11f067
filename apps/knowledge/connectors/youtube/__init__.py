"""YouTube: what is said in a video, a playlist or a channel, by its captions."""

"""Pictures made safe: checked by content, turned upright, stripped of place and camera, resized."""

"""What the core of the Unity package costs per face."""

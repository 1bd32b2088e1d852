"""What the gate (`interfaces/gate.py`) asks of every request, one question per file."""

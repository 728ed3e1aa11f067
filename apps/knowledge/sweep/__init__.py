"""What is wrong in an agent's knowledge: one module for each kind of finding. Pure where it can be, no model call."""

"""Past conversations: questions with the answers that ended them, offered to the owner one by one."""

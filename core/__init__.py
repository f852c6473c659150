"""The rules of the office; nothing here knows the faces through which people meet them."""

"""What all faces share: who may enter, how errors are told, the live wire, the pieces that pages are made of."""

"""What operators see and say of recording: trouble that stands, reasons in words, rules of single cameras."""

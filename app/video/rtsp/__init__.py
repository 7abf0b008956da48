"""RTSP over TCP received by ourselves: H.264 and H.265 as whole access units, the moment their last packet is there."""

"""What the first evening is about: the list that comes in, and what is looked for in it."""

COUNT = 6000
FIRST = 9901                # beyond the highest number of city_of(6000); the twelve that the test's city serves
PIER = "Dermaga Kayu Bangkoa"       # the name that is looked for by half; city_of has no such words
AREA = "Kampung Uji"        # where the twelve stand

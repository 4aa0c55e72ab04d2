"""The tutorial's test sheet in matplotlib. Timed: one sheet, the mean of those after the first.

    matplotlib_sheet.py COUNT
"""

import json
import sys
import time

import sheet
import work

count = int(sys.argv[1])
_, _, x_test, y_test = work.digits(0.25)
images, right = x_test.reshape(-1, 8, 8), [True] * 100
sheet.png(images, y_test, right)
begin = time.perf_counter()
for _ in range(count):
    png = sheet.png(images, y_test, right)
print(json.dumps({"seconds": (time.perf_counter() - begin) / count, "bytes": len(png)}))

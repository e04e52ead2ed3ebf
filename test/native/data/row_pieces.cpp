// Loops over rows with pauses.
#include "data/row_pieces.hpp"

#include "check.hpp"

using namespace nonconvex;

TEST(rowsComeInOrderWithAPauseBeforeEachPiece) {
  int pauses = 0, next = 0;
  forRowsInPieces(
      10, 100000, [&] { ++pauses; }, [&](int i) { CHECK_EQ(i, next++); });
  CHECK_EQ(next, 10);
  CHECK_EQ(pauses, 5);  // two rows are the most within a quarter of a million numbers
  forRowsInPieces(
      3, 0, [&] { ++pauses; }, [&](int) { ++next; });
  CHECK_EQ(pauses, 6);
  CHECK_EQ(next, 13);
  forRowsInPieces(
      0, 5, [&] { ++pauses; }, [&](int) { ++next; });
  CHECK_EQ(next, 13);
}

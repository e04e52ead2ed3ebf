// Solves of one copy of a matrix have one set of columns while any of them has it.
#include "data/shared_columns.hpp"

#include <memory>
#include <vector>

#include "check.hpp"

using namespace nonconvex;

TEST(columnsAreSharedWhileTheyAreThere) {
  const std::vector<double> numbers{1, 2, 3, 4, 5, 6};
  const SharedColumns shared;
  const MatrixInput wide{.f64 = numbers.data(), .rows = 2, .columns = 3, .shared = &shared};
  const MatrixInput tall{.f64 = numbers.data(), .rows = 3, .columns = 2, .shared = &shared};
  const auto first = shared.of(wide, "x", Cpu());
  const auto second = shared.of(wide, "x", Cpu());
  CHECK(first.get() == second.get());
  CHECK(first->at(1, 0) == 4 && first->at(0, 2) == 3);
  // The numbers as a matrix of another shape are other columns.
  const auto other = shared.of(tall, "x", Cpu());
  CHECK(other.get() != first.get() && other->rows() == 3 && other->at(1, 0) == 3);
}

TEST(columnsAreMadeAgainWhenNobodyHasThem) {
  const std::vector<double> numbers{1, 2, 3, 4};
  const SharedColumns shared;
  const MatrixInput input{.f64 = numbers.data(), .rows = 2, .columns = 2};
  const std::weak_ptr<const Columns> gone = shared.of(input, "x", Cpu());
  CHECK(gone.expired());
  const auto again = shared.of(input, "x", Cpu());
  CHECK(again->at(0, 1) == 2);
}

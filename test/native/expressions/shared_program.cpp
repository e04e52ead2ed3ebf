// A model that solves share: who is aborted leaves it to be made by the next one who asks.
#include "expressions/shared_program.hpp"

#include <atomic>
#include <thread>

#include "check.hpp"

using namespace nonconvex;

namespace {

/// ||A x||^2 of a sparse A by rows, whose rows have three entries each.
Graph gram(int rows, int columns) {
  SparseMatrix A{.rows = rows, .columns = columns, .values = {}, .offsets = {0}, .indices = {}};
  for (int i = 0; i < rows; ++i) {
    for (int k = 0; k < 3; ++k) {
      A.indices.push_back((i % (columns / 3)) * 3 + k);
      A.values.push_back(1 + i + k);
    }
    A.offsets.push_back(3 * (i + 1));
  }
  Graph graph(columns);
  const int x = graph.variables(0, columns);
  graph.minimize(graph.norm2Squared(graph.matvec(x, graph.matrix(std::move(A))), rows));
  return graph;
}

template <class F>
bool interrupted(F&& f) {
  try {
    f();
    return false;
  } catch (const Interrupted&) {
    return true;
  }
}

double valueOf(Program& program) {
  program.moveTo(std::vector<double>(static_cast<std::size_t>(program.variables()), 1));
  return program.objective();
}

}  // namespace

TEST(aGraphIsReadWhenItIsFirstNeeded) {
  int read = 0;
  const auto make = [&](const Cpu&) {
    ++read;
    return std::make_shared<const Graph>(gram(6, 6));
  };
  const auto shared = std::make_shared<SharedProgram>(make, 6, 0, 1000);
  CHECK_EQ(shared->variables(), 6);
  CHECK_EQ(shared->bytes(), std::size_t{1000});
  CHECK_EQ(read, 0);
  const auto one = borrow(shared), two = borrow(shared);
  CHECK_EQ(read, 1);
  const auto eager = std::make_shared<SharedProgram>(gram(6, 6));
  CHECK_EQ(valueOf(*one), valueOf(*borrow(eager)));
  CHECK_EQ(valueOf(*two), valueOf(*one));
}

TEST(whatAnAbortedSolveLeavesTheNextOneMakes) {
  const auto shared = std::make_shared<SharedProgram>(gram(300, 30));
  Monitor monitor;
  const Cpu la(nullptr, 1, &monitor);
  monitor.abort();
  CHECK(interrupted([&] { borrow(shared, {}, la); }));
  const auto program = borrow(shared);
  // Patterns look at the solve that evaluates.
  program->runOn(la);
  CHECK(interrupted([&] { program->jacobianPattern(); }));
  CHECK(interrupted([&] { program->hessianPattern(); }));
  const auto other = borrow(shared);
  CHECK(other->hessianPattern().nonzeros() > 0);
  CHECK_EQ(program->hessianPattern().nonzeros(), other->hessianPattern().nonzeros());
}

TEST(aSolveThatWaitsForOthersHearsItsOwnAbort) {
  std::atomic<bool> began = false, go = false;
  const auto make = [&](const Cpu&) {
    began = true;
    while (!go) std::this_thread::yield();
    return std::make_shared<const Graph>(gram(6, 6));
  };
  const auto shared = std::make_shared<SharedProgram>(make, 6, 0, 1000);
  std::thread maker([&] { borrow(shared); });
  while (!began) std::this_thread::yield();
  Monitor monitor;
  const Cpu la(nullptr, 1, &monitor);
  monitor.abort();
  CHECK(interrupted([&] { borrow(shared, {}, la); }));
  go = true;
  maker.join();
}

// Gradients of a network over rows of data, 784-128-10, beside the products of matrices that they cannot do without.
//
//   bench_row_gradients [rows] [seconds]
//
// A line of JSON for each number type and size of batch: processor seconds for all rows, and those of the three
// products of the first layer and the three of the second by the same BLAS, over the rows as one block.
#include <memory>
#include <string_view>
#include <vector>

#include "bench.hpp"
#include "core/random.hpp"
#include "expressions/rows/row_model.hpp"
#include "linalg/blas.hpp"

using namespace nonconvex;

namespace {

constexpr int inputs = 784, hidden = 128, classes = 10;

std::shared_ptr<const RowModel> network() {
  const int n = hidden * inputs + hidden + classes * hidden + classes;
  Graph row(n);
  int place = 0;
  const auto next = [&](int size) { return row.variables(std::exchange(place, place + size), size); };
  const int W1 = next(hidden * inputs), b1 = next(hidden), W2 = next(classes * hidden), b2 = next(classes);
  const int x = row.rowColumn(0, inputs), y = row.rowColumn(1, 1);
  const int z = row.binary(Op::add, row.rowMatvec(W1, x, hidden, inputs, false, 1), b1);
  const int h = row.unary(Op::tanh, z);
  const int t = row.binary(Op::add, row.rowMatvec(W2, h, classes, hidden, false, 1), b2);
  const int loss = row.binary(Op::subtract, row.logsumexp(t, classes), row.lookup(t, y, 1));
  Graph outer(n + 1);
  outer.minimize(outer.variables(n, 1));
  std::vector<SumBlock> blocks = {{"W1", 0, hidden, inputs},
                                  {"b1", hidden * inputs, hidden, 1},
                                  {"W2", hidden * inputs + hidden, classes, hidden},
                                  {"b2", n - classes, classes, 1}};
  std::vector<RowFormula> formulas;
  formulas.push_back({std::move(row), {loss}});
  return std::make_shared<const RowModel>(n, outer, nullptr, std::move(formulas),
                                          std::vector<RowClosing>{{RowClosing::Kind::mean, 0, 0, 0, 1}}, blocks);
}

template <class T>
std::shared_ptr<const RowTable> table(int rows) {
  const Random random(1);
  RowColumn x, y;
  x.name = "x";
  x.width = inputs;
  x.form = sizeof(T) == 4 ? RowColumn::Form::floats : RowColumn::Form::doubles;
  y.name = "y";
  for (int k = 0; k < rows * inputs; ++k) {
    const double number = std::max(0.0, random.normal(static_cast<std::uint64_t>(k)));  // half are 0, as in images
    if (sizeof(T) == 4) {
      x.floats.push_back(static_cast<float>(number));
    } else {
      x.doubles.push_back(number);
    }
  }
  for (int i = 0; i < rows; ++i) y.doubles.push_back(i % classes);
  return std::make_shared<const RowTable>(rows, std::vector<RowColumn>{x, y});
}

/// Calls f until so many seconds have passed, five times at least; the least processor time of a call.
template <class F>
double secondsOf(double seconds, F&& f) {
  f();
  double least = INFINITY;
  const double begin = bench::cpuSeconds();
  for (int k = 0; k < 5 || bench::cpuSeconds() < begin + seconds; ++k) {
    const double before = bench::cpuSeconds();
    f();
    least = std::min(least, bench::cpuSeconds() - before);
  }
  return least;
}

template <class T>
double floorOf(int rows, double seconds) {
  const auto size = [](int a, int b) { return static_cast<std::size_t>(a) * static_cast<std::size_t>(b); };
  std::vector<T> X(size(rows, inputs), 1), W(size(hidden, inputs), 1), Z(size(rows, hidden), 1),
      V(size(classes, hidden), 1), S(size(rows, classes), 1);
  return secondsOf(seconds, [&] {
    blas::gemm('T', 'N', rows, hidden, inputs, T(1), X.data(), inputs, W.data(), inputs, T(0), Z.data(), rows);
    blas::gemm('N', 'N', inputs, hidden, rows, T(1), X.data(), inputs, Z.data(), rows, T(0), W.data(), inputs);
    blas::gemm('N', 'N', rows, classes, hidden, T(1), Z.data(), rows, V.data(), hidden, T(0), S.data(), rows);
    blas::gemm('N', 'T', rows, hidden, classes, T(1), S.data(), rows, V.data(), hidden, T(0), Z.data(), rows);
    blas::gemm('T', 'N', hidden, classes, rows, T(1), Z.data(), rows, S.data(), rows, T(0), V.data(), hidden);
    std::fill(W.begin(), W.end(), T(1));
  });
}

template <class T>
void measure(const char* type, int rows, double seconds) {
  const std::shared_ptr<const RowModel> model = network();
  RowSum<T> sum({model, {table<T>(rows)}, {}});
  const Random random(2);
  std::vector<T> x(static_cast<std::size_t>(sum.variables())), g(x.size());
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = static_cast<T>(0.05 * random.normal(j));
  std::vector<int> order(static_cast<std::size_t>(rows));
  for (int i = 0; i < rows; ++i) order[static_cast<std::size_t>(i)] = static_cast<int>((7919LL * i) % rows);
  const double least = floorOf<T>(rows, seconds);
  for (const int batch : {32, 128, 1024, rows}) {
    const double time = secondsOf(seconds, [&] {
      for (int first = 0; first < rows; first += batch) {
        const RowSet all = batch == rows ? RowSet::range(0, rows) : RowSet::list(order);
        sum.gradient(all.part(first, std::min(batch, rows - first)), nullptr, x.data(), g.data());
      }
    });
    std::printf("{\"type\":\"%s\",\"rows\":%d,\"batch\":%d", type, rows, batch);
    bench::printLine({{"seconds", time}, {"products", least}, {"ratio", time / least}}, ",");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rows = argc > 1 ? std::atoi(argv[1]) : 10000;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 2;
  measure<float>("float", rows, seconds);
  measure<double>("double", rows, seconds);
  return 0;
}

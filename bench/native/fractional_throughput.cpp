// What a coordinate update costs, beside the vector operations it is made of, measured in the same run on the same
// columns at the same level of the memory. One thread.
//
//   bench_fractional_throughput SMALL [SPARSE]    SMALL 1: without the sizes beyond the caches
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench.hpp"
#include "linalg/cpu.hpp"
#include "solvers/fractional/coordinate_descent.hpp"
#include "solvers/fractional/data.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// Uniform in [-1, 1), xorshift64*: quick enough for a gigabyte.
class Uniform {
 public:
  double operator()() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<double>(static_cast<std::int64_t>(state_ * 0x2545F4914F6CDD1DULL)) * 0x1p-63;
  }
  std::vector<double> vector(int n) {
    std::vector<double> v(index(n));
    for (double& x : v) x = (*this)();
    return v;
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15ULL;
};

FractionalSettings settings() {
  FractionalSettings s;
  s.tolerance = 0;
  s.activeSet = false;
  s.gram = FractionalGram::never;
  return s;
}

struct Rate {
  double visit = 0;  ///< seconds
  double moved = 0;  ///< share of the visits that moved their coordinate
};

/// Rate of the sweep that follows `before` others from x, the best of several times.
Rate sweepRate(const FractionalData& data, const std::vector<double>& x, int before = 1) {
  const Cpu la;
  const FractionalSettings with = settings();
  CoordinateDescent descent(data, with, 1);
  Rate rate;
  double least = INFINITY;
  const Stopwatch total;
  for (int repeat = 0; repeat < 3 || (total.seconds() < 0.4 && repeat < 200); ++repeat) {
    descent.begin(x.data());
    for (int i = 0; i < before; ++i) descent.sweep(la);
    const double updates = descent.updates();
    const Stopwatch watch;
    descent.sweep(la);
    least = std::min(least, watch.seconds());
    rate.moved = (descent.updates() - updates) / data.n;
  }
  rate.visit = least / data.n;
  return rate;
}

/// Seconds per column of r . a_j, and of that followed by r += t a_j, over all columns in turn.
struct Primitive {
  double dot = 0;
  double both = 0;
  /// Time of a visit that moves its coordinate in `moved` of all cases.
  double expected(double moved) const { return dot + moved * (both - dot); }
};

template <class Dot, class Axpy>
Primitive primitive(int n, Dot&& dot, Axpy&& axpy) {
  volatile double sink = 0;
  Primitive p;
  p.dot = best([&] {
            double sum = 0;
            for (int j = 0; j < n; ++j) sum += dot(j);
            sink = sum;
          }) /
          n;
  p.both = best([&] {
             // Each step depends on the one before, as in coordinate descent; r keeps its size.
             for (int j = 0; j < n; ++j) axpy(j, 1e-9 * dot(j));
           }) /
           n;
  return p;
}

/// Least squares with an l1 penalty, over the sum of the k largest; and what the vector operations take.
void dense(int m, int n) {
  Uniform uniform;
  FractionalProblem problem;
  std::vector<double> values(index(m) * index(n));
  for (double& value : values) value = uniform();
  const std::vector<double> b = uniform.vector(m), x = uniform.vector(n), l1(index(n), 1e-4);
  problem.n = n;
  problem.matrices.push_back(MatrixInput{.f64 = values.data(), .f32 = nullptr, .rows = m, .columns = n});
  problem.numerator.push_back({.kind = FractionalTerm::Kind::leastSquares, .matrix = 0, .b = b, .name = "numerator"});
  problem.l1 = l1;
  problem.denominator = {.kind = FractionalTerm::Kind::topK, .k = n / 10, .scale = 1e-4, .name = "denominator"};
  const Cpu la;
  const FractionalData data(la, problem, settings());
  values = {};
  const Rate topK = sweepRate(data, x);

  const Mat<const double> A = data.matrices[0].dense();
  std::vector<double> r = b;
  const Primitive p = primitive(
      n, [&](int j) { return blas::dot(m, A.column(j), r.data()); },
      [&](int j, double t) { blas::axpy(m, t, A.column(j), r.data()); });
  // Of memory alone: the columns as one long vector.
  const double read = best([&] { r[0] += 1e-300 * blas::dot(A.stride * n, A.data, A.data); }) / (8.0 * A.stride * n);
  printLine({{"rows", m},
             {"columns", n},
             {"bytes", 8.0 * A.stride * n},
             {"visit", topK.visit},
             {"moved", topK.moved},
             {"dot", p.dot},
             {"dotAxpy", p.both},
             {"expected", p.expected(topK.moved)},
             {"bandwidth", 8.0 * m / topK.visit},
             {"readBandwidth", 1 / read}});
}

/// ||x||^2 / ||A x||_4^2, beside one pass over the column and another where it moves.
void ica(int m, int n) {
  Uniform uniform;
  FractionalProblem problem;
  std::vector<double> values(index(m) * index(n));
  for (double& value : values) value = uniform();
  const std::vector<double> x = uniform.vector(n);
  problem.n = n;
  problem.matrices.push_back(MatrixInput{.f64 = values.data(), .f32 = nullptr, .rows = m, .columns = n});
  problem.numerator.push_back({.kind = FractionalTerm::Kind::sumSquares, .name = "numerator"});
  problem.denominator = {
      .kind = FractionalTerm::Kind::lpNorm, .matrix = 0, .p = 4, .squared = true, .name = "denominator"};
  const Cpu la;
  const FractionalData data(la, problem, settings());
  values = {};
  const Rate rate = sweepRate(data, x);
  const Mat<const double> A = data.matrices[0].dense();
  std::vector<double> r = uniform.vector(m);
  const Primitive p = primitive(
      n, [&](int j) { return blas::dot(m, A.column(j), r.data()); },
      [&](int j, double t) { blas::axpy(m, t, A.column(j), r.data()); });
  printLine({{"icaRows", m},
             {"columns", n},
             {"bytes", 8.0 * A.stride * n},
             {"visit", rate.visit},
             {"moved", rate.moved},
             {"expected", p.expected(rate.moved)}});
}

/// Compressed columns: m, n, nonzeros as 32-bit integers, offsets, rows, then values and b in doubles.
struct Sparse {
  int m = 0, n = 0;
  std::vector<std::int32_t> offsets, rows;
  std::vector<double> values, b;
};

Sparse readSparse(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const auto fill = [&](auto& to) {
    file.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size() * sizeof to[0]));
  };
  std::vector<std::int32_t> sizes(3);
  fill(sizes);
  if (!file) throw std::runtime_error("cannot read " + path);
  Sparse s{sizes[0],
           sizes[1],
           std::vector<std::int32_t>(index(sizes[1]) + 1),
           std::vector<std::int32_t>(index(sizes[2])),
           std::vector<double>(index(sizes[2])),
           std::vector<double>(index(sizes[0]))};
  fill(s.offsets);
  fill(s.rows);
  fill(s.values);
  fill(s.b);
  if (!file) throw std::runtime_error(path + " is shorter than its sizes say");
  return s;
}

/// `count` entries in each column, at random rows.
Sparse randomSparse(int m, int n, int count) {
  Uniform uniform;
  Sparse s{m, n, {0}, {}, {}, uniform.vector(m)};
  for (int j = 0; j < n; ++j) {
    std::vector<std::int32_t> rows;
    while (static_cast<int>(rows.size()) < count) {
      const auto row = static_cast<std::int32_t>((uniform() + 1) / 2 * m);
      if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    s.rows.insert(s.rows.end(), rows.begin(), rows.end());
    for (int k = 0; k < count; ++k) s.values.push_back(uniform());
    s.offsets.push_back(static_cast<std::int32_t>(s.rows.size()));
  }
  return s;
}

/// Least squares with gamma times the l1 norm over the sum of the largest; x is dense at first, of size 0.1.
void sparse(const Sparse& s, double gamma, int largest, int before) {
  Uniform uniform;
  std::vector<double> x = uniform.vector(s.n);
  for (double& value : x) value *= 0.1;
  const std::vector<double> l1(index(s.n), gamma);
  FractionalProblem problem;
  problem.n = s.n;
  problem.matrices.push_back(SparseView{Lines::columns, s.m, s.n, s.offsets, s.rows, s.values});
  problem.numerator.push_back({.kind = FractionalTerm::Kind::leastSquares, .matrix = 0, .b = s.b, .name = "numerator"});
  problem.l1 = l1;
  problem.denominator = {.kind = FractionalTerm::Kind::topK, .k = largest, .scale = gamma, .name = "denominator"};
  const Cpu la;
  const FractionalData data(la, problem, settings());
  const Rate rate = sweepRate(data, x, before);
  std::vector<double> r = s.b;
  const auto column = [&](int j, auto&& f) {
    for (std::int32_t k = s.offsets[index(j)]; k < s.offsets[index(j) + 1]; ++k) {
      f(r[index(s.rows[index(k)])], s.values[index(k)]);
    }
  };
  const Primitive p = primitive(
      s.n,
      [&](int j) {
        double sum = 0;
        column(j, [&](double entry, double value) { sum += entry * value; });
        return sum;
      },
      [&](int j, double t) { column(j, [&](double& entry, double value) { entry += t * value; }); });
  const double perColumn = static_cast<double>(s.rows.size()) / s.n;
  printLine({{"sparseRows", s.m},
             {"sweep", before + 1},
             {"columns", s.n},
             {"nonzeros", static_cast<double>(s.rows.size())},
             {"visit", rate.visit},
             {"moved", rate.moved},
             {"perNonzero", rate.visit / perColumn},
             {"expected", p.expected(rate.moved)},
             {"expectedPerNonzero", p.expected(rate.moved) / perColumn}});
}

int run(int argc, char** argv) {
  const bool small = argument(argc, argv, 1, 0) != 0;
  dense(128, 512);    // r fits in the first level of the cache, the columns in the second
  dense(1000, 128);   // longer columns, also in the second level
  dense(1000, 2048);  // the third level
  ica(128, 512);
  ica(1024, 128);
  ica(1024, 1024);
  if (!small) {
    dense(16384, 8192);  // 1 GiB
    ica(16384, 8192);
  }
  sparse(randomSparse(5000, 10000, 39), 1e-6, 100, 1);
  sparse(randomSparse(20000, 2000, 1000), 1e-6, 100, 1);
  if (argc > 2) {
    const Sparse file = readSparse(argv[2]);
    for (const int before : {1, 40}) sparse(file, 0.1 / file.m, 100, before);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

// Every operation of the CPU backend against naive loops: odd shapes, submatrices, poisoned outputs, any number of
// threads.
#include "linalg/linalg.hpp"

#include <map>
#include <tuple>

#include "check.hpp"
#include "core/random.hpp"
#include "linalg/by_tiles.hpp"
#include "linalg/long_product.hpp"
#include "linalg/vector_kernels.hpp"

using namespace nonconvex;

namespace {

constexpr double poison = std::numeric_limits<double>::quiet_NaN();

/// A matrix inside a larger one filled with NaN, so that reading or writing beside it shows.
class Framed {
 public:
  Framed(int rows, int cols) : whole_(rows + 3, cols + 2), rows_(rows), cols_(cols) {
    std::fill(whole_.data(), whole_.data() + whole_.size(), poison);
  }
  /// Random entries, which are drawn once for each size and stream: drawing takes longer than most operations.
  Framed(int rows, int cols, std::uint32_t stream) : Framed(rows, cols) {
    static std::map<std::tuple<int, int, std::uint32_t>, std::vector<double>> drawn;
    auto& entries = drawn[{rows, cols, stream}];
    if (entries.empty()) {
      const Random random(1, stream);
      for (int j = 0; j < cols; ++j) {
        for (int i = 0; i < rows; ++i)
          entries.push_back(random.normal(static_cast<std::uint64_t>(j) * 4096 + static_cast<std::uint64_t>(i)));
      }
    }
    for (int j = 0; j < cols; ++j)
      std::copy_n(entries.begin() + static_cast<std::ptrdiff_t>(j) * rows, rows, view().column(j));
  }
  Mat<double> view() const { return {&whole_(1, 1), rows_, cols_, whole_.rows()}; }
  operator Mat<double>() const { return view(); }
  operator Mat<const double>() const { return view(); }
  double& operator()(int i, int j) const { return view()(i, j); }
  int rows() const { return rows_; }
  int cols() const { return cols_; }
  bool frameIntact() const {
    for (int j = 0; j < whole_.cols(); ++j) {
      for (int i = 0; i < whole_.rows(); ++i) {
        const bool inside = i >= 1 && i <= rows_ && j >= 1 && j <= cols_;
        if (!inside && !std::isnan(whole_(i, j))) return false;
      }
    }
    return true;
  }
  bool sameBits(const Framed& other) const {
    return check::sameBits(whole_.data(), other.whole_.data(), whole_.size());
  }

 private:
  HostMatrix<double> whole_;
  int rows_;
  int cols_;
};

double entry(Transpose op, Mat<const double> a, int i, int j) { return op == Transpose::no ? a(i, j) : a(j, i); }

/// The distance of columns that are compared with a reference, which takes most of the time: 1 in a long run, so that
/// some fifty are compared in a usual one, and three with sanitizers; the first one always.
int step(int columns) {
  if (check::sanitized) return 1 + columns / 3;
  return check::longRun() ? 1 : 1 + columns / 50;
}

/// Runs f(la) without a pool and with 1, 2 and 3 threads; f returns its output, which must be the same bits each time.
template <class F>
void onAnyThreads(F&& f) {
  static WorkerPool pool(2);
  const Framed alone = f(Cpu());
  for (const int threads : {1, 2, 3}) CHECK(alone.sameBits(f(Cpu(&pool, threads))));
}

void checkGemm(int m, int n, int k, Transpose opA, Transpose opB, double alpha, double beta, bool isLong = false) {
  const auto multiply = [&](const Cpu& la, Mat<const double> a, Mat<const double> b, Mat<double> c) {
    if (isLong) return LongProduct().multiply(la, alpha, a, b, beta, c);
    la.gemm(opA, opB, alpha, a, b, beta, c);
  };
  const Framed a = opA == Transpose::no ? Framed(m, k, 1) : Framed(k, m, 1);
  const Framed b = opB == Transpose::no ? Framed(k, n, 2) : Framed(n, k, 2);
  onAnyThreads([&](const Cpu& la) {
    Framed c = beta == 0 ? Framed(m, n) : Framed(m, n, 3);
    multiply(la, a, b, c);
    return c;
  });
  const Framed before(m, n, 3);
  const Framed c = beta == 0 ? Framed(m, n) : Framed(m, n, 3);
  multiply(Cpu(), a, b, c);
  double worst = 0;
  for (int j = 0; j < n; j += step(n)) {
    for (int i = 0; i < m; ++i) {
      double s = 0;
      for (int l = 0; l < k; ++l) s += entry(opA, a, i, l) * entry(opB, b, l, j);
      const double expected = alpha * s + (beta == 0 ? 0 : beta * before(i, j));
      const double error = std::abs(c(i, j) - expected);
      worst = error <= worst ? worst : error;  // NaN stays
    }
  }
  CHECK_NEAR(worst, 0, 1e-13 * (k + 10));
  CHECK(c.frameIntact());
}

/// A well-conditioned positive definite matrix, lower triangle only; the rest is NaN.
Framed positiveDefinite(int n) {
  static std::map<int, Framed> known;
  auto place = known.find(n);
  if (place == known.end()) {
    const Framed g(n, n, 4);
    Framed a(n, n);
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i) {
        const double *x = &g(0, i), *y = &g(0, j);
        double s = i == j ? n : 0;
        for (int l = 0; l < n; ++l) s += x[l] * y[l];
        a(i, j) = s;
      }
    }
    place = known.emplace(n, std::move(a)).first;
  }
  Framed copy(n, n);
  for (int j = 0; j < n; ++j) {
    for (int i = j; i < n; ++i) copy(i, j) = place->second(i, j);
  }
  return copy;
}

double symmetric(Mat<const double> lower, int i, int j) { return i >= j ? lower(i, j) : lower(j, i); }

constexpr int sizes[] = {1, 2, 3, 7, 31, 64, 127, 255, 256, 257, 300, 523};

}  // namespace

TEST(gemm) {
  const int shapes[][3] = {{1, 1, 1},     {1, 5, 3},      {5, 1, 3},     {7, 7, 1},     {13, 11, 17},
                           {64, 64, 64},  {300, 2, 40},   {2, 300, 40},  {257, 129, 5}, {523, 1, 311},
                           {1, 523, 311}, {521, 67, 130}, {67, 521, 130}};
  for (const auto& [m, n, k] : shapes) {
    for (const Transpose opA : {Transpose::no, Transpose::yes}) {
      for (const Transpose opB : {Transpose::no, Transpose::yes}) {
        checkGemm(m, n, k, opA, opB, 1, 0);
        checkGemm(m, n, k, opA, opB, -0.7, 1);
        checkGemm(m, n, k, opA, opB, 2, -0.5);
      }
    }
  }
}

TEST(longProduct) {
  for (const int k : {40, 4001}) {  // the second is cut
    checkGemm(300, 5, k, Transpose::no, Transpose::no, 1, 0, true);
    checkGemm(300, 5, k, Transpose::no, Transpose::no, -0.7, 1, true);
  }
}

TEST(gemmOfEmptyMatrices) {
  for (const int n : {1, 4}) {
    for (const double beta : {0.0, 1.0, -2.0}) {
      for (const Transpose opA : {Transpose::no, Transpose::yes}) {
        for (const Transpose opB : {Transpose::no, Transpose::yes}) checkGemm(6, n, 0, opA, opB, 1, beta);
      }
    }
  }
  const HostMatrix<double> nothing;
  const HostMatrix<double> c(3, 2);
  std::fill(c.data(), c.data() + c.size(), 5.0);
  Cpu().gemm(Transpose::no, Transpose::no, 1, HostMatrix<double>(3, 0), HostMatrix<double>(0, 2), 0, c);
  for (std::size_t i = 0; i < c.size(); ++i) CHECK_EQ(c.data()[i], 0.0);
  Cpu().gemm(Transpose::no, Transpose::no, 1, HostMatrix<double>(0, 4), HostMatrix<double>(4, 2), 0, nothing);
}

TEST(syrk) {
  for (const int n : sizes) {
    for (const int k : {0, 1, 19, 300}) {
      for (const double beta : {0.0, 0.5}) {
        const Framed a(k, n, 1);
        onAnyThreads([&](const Cpu& la) {
          Framed c = beta == 0 ? Framed(n, n) : Framed(n, n, 2);
          la.syrk(1.5, a, beta, c);
          return c;
        });
        const Framed before(n, n, 2);
        const Framed c = beta == 0 ? Framed(n, n) : Framed(n, n, 2);
        Cpu().syrk(1.5, a, beta, c);
        double worst = 0;
        for (int j = 0; j < n; j += step(n)) {
          for (int i = j; i < n; ++i) {
            double s = 0;
            for (int l = 0; l < k; ++l) s += a(l, i) * a(l, j);
            const double error = std::abs(c(i, j) - 1.5 * s - (beta == 0 ? 0 : beta * before(i, j)));
            worst = error <= worst ? worst : error;
          }
        }
        CHECK_NEAR(worst, 0, 1e-13 * (k + 10));
        CHECK(c.frameIntact());
      }
    }
  }
}

TEST(syrkOfEmptyMatrices) {
  for (const Transpose op : {Transpose::no, Transpose::yes}) {
    const HostMatrix<double> c(3, 3);
    std::fill(c.data(), c.data() + c.size(), 4.0);
    Cpu().syrk(op, 1, op == Transpose::no ? HostMatrix<double>(3, 0) : HostMatrix<double>(0, 3), 0.5, c);
    for (int j = 0; j < 3; ++j) {
      for (int i = j; i < 3; ++i) CHECK_EQ(c(i, j), 2.0);
    }
  }
}

TEST(multiplySymmetric) {
  for (const int n : {0, 1, 2, 7, 300, 1024, 1025}) {
    for (const int columns : {0, 1, 3}) {
      Framed a(n, n, 11);
      for (int j = 0; j < n; ++j) {
        for (int i = 0; i < j; ++i) a(i, j) = a(j, i);
      }
      const Framed b(n, columns, 12);
      const auto product = [&](const Cpu& la) {
        Framed c(n, columns);
        la.multiplySymmetric(a, b, c);
        return c;
      };
      onAnyThreads(product);
      const Framed c = product(Cpu());
      double worst = 0;
      for (int j = 0; j < columns; ++j) {
        for (int i = 0; i < n; i += step(n)) {
          double s = -c(i, j);
          for (int k = 0; k < n; ++k) s += a(i, k) * b(k, j);
          worst = std::abs(s) <= worst ? worst : std::abs(s);
        }
      }
      CHECK_NEAR(worst, 0, 1e-10);
      CHECK(c.frameIntact());
    }
  }
}

TEST(gemv) {
  for (const auto& [m, n] : {std::pair{1, 1}, {5, 3}, {523, 311}, {3, 0}, {0, 3}}) {
    for (const Transpose op : {Transpose::no, Transpose::yes}) {
      for (const double beta : {0.0, -0.5}) {
        const Framed a(m, n, 1);
        const int rows = op == Transpose::no ? m : n;
        const int terms = op == Transpose::no ? n : m;
        const Framed x(terms, 1, 2);
        const Framed before(rows, 1, 3);
        const auto product = [&](const Cpu& la) {
          Framed y = beta == 0 ? Framed(rows, 1) : Framed(rows, 1, 3);
          la.gemv(op, 1.5, a, {x.view().data, terms}, beta, {y.view().data, rows});
          return y;
        };
        onAnyThreads(product);
        const Framed y = product(Cpu());
        for (int i = 0; i < rows; ++i) {
          double s = 0;
          for (int k = 0; k < terms; ++k) s += entry(op, a, i, k) * x(k, 0);
          CHECK_NEAR(y(i, 0), 1.5 * s + (beta == 0 ? 0 : beta * before(i, 0)), 1e-12);
        }
        CHECK(y.frameIntact());
      }
    }
  }
}

TEST(trsm) {
  for (const int n : {1, 7, 130, 300}) {
    const Framed l = positiveDefinite(n);  // any lower triangle with a large diagonal
    for (const int others : {0, 1, 9, 300}) {
      for (const Side side : {Side::left, Side::right}) {
        const bool left = side == Side::left;
        const Framed b = left ? Framed(n, others, 5) : Framed(others, n, 5);
        for (const Transpose op : {Transpose::no, Transpose::yes}) {
          const auto solve = [&](const Cpu& la) {
            Framed x(b.rows(), b.cols(), 5);
            la.trsm(side, op, 2, l, x);
            return x;
          };
          onAnyThreads(solve);
          const Framed x = solve(Cpu());
          const auto lower = [&](int i, int j) {
            if (op == Transpose::yes) std::swap(i, j);
            return i >= j ? l(i, j) : 0;
          };
          double residual = 0;
          for (int j = 0; j < b.cols(); j += 1 + b.cols() / 20) {
            for (int i = 0; i < b.rows(); i += 1 + b.rows() / 20) {
              double s = -2 * b(i, j);
              for (int k = 0; k < n; ++k) s += left ? lower(i, k) * x(k, j) : x(i, k) * lower(k, j);
              residual = std::abs(s) <= residual ? residual : std::abs(s);
            }
          }
          CHECK_NEAR(residual, 0, 1e-10);
          CHECK(x.frameIntact());
        }
      }
    }
  }
}

TEST(dotAndNorm) {
  WorkerPool pool(2);
  for (const int n : {0, 1, 7, 16384, 16385, 300000}) {
    const HostMatrix<double> x(n, 1), y(n, 1);
    long double exact = 0, square = 0;
    for (int i = 0; i < n; ++i) {
      x(i, 0) = Random(1).normal(static_cast<std::uint64_t>(i));
      y(i, 0) = Random(2).normal(static_cast<std::uint64_t>(i));
      exact += static_cast<long double>(x(i, 0)) * y(i, 0);
      square += static_cast<long double>(x(i, 0)) * x(i, 0);
    }
    CHECK_NEAR(Cpu().dot(x.flat(), y.flat()), static_cast<double>(exact), 1e-10);
    CHECK_NEAR(Cpu().norm(x.flat()), static_cast<double>(std::sqrt(square)), 1e-10);
    for (const int threads : {1, 2, 3})
      CHECK_EQ(Cpu(&pool, threads).dot(x.flat(), y.flat()), Cpu().dot(x.flat(), y.flat()));
  }
}

TEST(copiesAndFills) {
  for (const auto& [m, n] : {std::pair{0, 3}, {3, 0}, {1, 1}, {5000, 2}, {3, 700}, {130, 70}}) {
    const Framed a(m, n, 1);
    onAnyThreads([&](const Cpu& la) {
      const HostMatrix<float> single = la.matrix<float>(m, n);
      Framed b(m, n), c(m, n), d(m, n);
      la.copy(a.view(), single.view());
      la.copy(single.view(), b.view());
      la.upload(a.view(), c.view());
      la.download(c.view(), d.view());
      bool good = true;
      for (int j = 0; j < n; ++j) {
        for (int i = 0; i < m; ++i) {
          good = good && b(i, j) == static_cast<double>(static_cast<float>(a(i, j))) && d(i, j) == a(i, j);
        }
      }
      CHECK(good);
      CHECK(b.frameIntact() && d.frameIntact());
      la.fill(c.view(), 7);
      for (int j = 0; j < n; ++j)
        good = good && std::all_of(c.view().column(j), c.view().column(j) + m, [](double x) { return x == 7; });
      CHECK(good);
      CHECK(c.frameIntact());
      return c;
    });
  }
}

TEST(columnSumsAndLoopsOverMatrices) {
  WorkerPool pool(2);
  for (const auto& [m, n] : {std::pair{0, 3}, {3, 0}, {1, 1}, {1, 5000}, {5000, 1}, {9000, 20}, {2048, 3}, {100, 71}}) {
    const Framed a(m, n, 1);
    const auto entries = [&, from = a.view()](int i, int j) { return from(i, j); };
    const HostMatrix<double> alone(n, 1);
    Cpu().columnSums(m, n, entries, alone.flat());
    for (int j = 0; j < n; ++j) {
      long double exact = 0;
      for (int i = 0; i < m; ++i) exact += a(i, j);
      CHECK_NEAR(alone(j, 0), static_cast<double>(exact), 1e-11);
    }
    for (const int threads : {1, 2, 3}) {
      const HostMatrix<double> sums(n, 1);
      Cpu(&pool, threads).columnSums(m, n, entries, sums.flat());
      CHECK(check::sameBits(sums.data(), alone.data(), sums.size()));
    }
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(m) * static_cast<std::size_t>(n));
    Cpu(&pool).forEach(m, n, [&, rows = m](int i, int j) { ++calls[static_cast<std::size_t>(i + j * rows)]; });
    CHECK(std::all_of(calls.begin(), calls.end(), [](const std::atomic<int>& count) { return count == 1; }));
  }
}

TEST(mirrorLower) {
  for (const int n : sizes) {
    const Framed original(n, n, 1);
    Framed a(n, n, 1);
    for (int j = 0; j < n; ++j) {
      for (int i = 0; i < j; ++i) a(i, j) = poison;
    }
    Cpu().mirrorLower(a);
    bool good = a.frameIntact();
    for (int j = 0; j < n; ++j) {
      for (int i = 0; i < n; ++i) good = good && a(i, j) == symmetric(original, i, j);
    }
    CHECK(good);
    onAnyThreads([&](const Cpu& la) {
      Framed b(n, n, 1);
      la.mirrorLower(b);
      return b;
    });
  }
}

TEST(choleskyFactorSolveAndInverse) {
  for (const int n : sizes) {
    const Framed a = positiveDefinite(n);
    const auto factored = [&](const Cpu& la) {
      Framed f = positiveDefinite(n);
      CHECK(la.cholesky(f));
      return f;
    };
    onAnyThreads(factored);
    const Framed l = factored(Cpu());
    double worst = 0;
    for (int j = 0; j < n; j += step(n)) {
      for (int i = j; i < n; ++i) {
        double s = 0;
        for (int k = 0; k <= j; ++k) s += l(i, k) * l(j, k);
        const double error = std::abs(s - a(i, j));
        worst = error <= worst ? worst : error;
      }
      for (int i = 0; i < j; ++i) CHECK(std::isnan(l(i, j)));  // the upper triangle is not touched
    }
    CHECK_NEAR(worst, 0, 1e-13 * n * n);
    CHECK(l.frameIntact());

    for (const int columns : {1, 2, 9}) {
      const Framed b(n, columns, 5);
      const auto solve = [&](const Cpu& la) {
        Framed x(n, columns, 5);
        la.choleskySolve(l, x);
        return x;
      };
      onAnyThreads(solve);
      const Framed x = solve(Cpu());
      double residual = 0;
      for (int j = 0; j < columns; ++j) {
        for (int i = 0; i < n; ++i) {
          double s = -b(i, j);
          for (int k = 0; k < n; ++k) s += symmetric(a, i, k) * x(k, j);
          residual = std::abs(s) <= residual ? residual : std::abs(s);
        }
      }
      CHECK_NEAR(residual, 0, 1e-11);
      CHECK(x.frameIntact());
    }

    const auto inverted = [&](const Cpu& la) {
      const Framed f = factored(la);
      Framed inverse(n, n);
      la.choleskyInverse(f, inverse);
      CHECK(f.frameIntact());
      return inverse;
    };
    onAnyThreads(inverted);
    const Framed inverse = inverted(Cpu());
    double error = 0;
    for (int j = 0; j < n; j += step(n)) {
      for (int i = 0; i < n; ++i) {
        CHECK_EQ(inverse(i, j), inverse(j, i));
        if (step(n) == 1 && j % 7 != 0) continue;  // some columns are enough
        double s = i == j ? -1 : 0;
        for (int k = 0; k < n; ++k) s += symmetric(a, i, k) * inverse(k, j);
        error = std::abs(s) <= error ? error : std::abs(s);
      }
    }
    CHECK_NEAR(error, 0, 1e-11);
    CHECK(inverse.frameIntact());
  }
}

TEST(choleskyInSinglePrecision) {
  const Cpu la;
  for (const int n : {1, 255, 300}) {
    const Framed framed = positiveDefinite(n);
    const Mat<const double> a = framed;
    HostMatrix<float> factor(n, n), x(n, 2);
    la.forEach(n, n, [&](int i, int j) { factor(i, j) = static_cast<float>(a(i, j)); });
    la.forEach(n, 2, [&](int i, int j) { x(i, j) = static_cast<float>(std::sin(i + 3 * j)); });
    CHECK(byTiles::cholesky<float>(la, factor));
    byTiles::choleskySolve<float>(la, factor, x);
    for (int j = 0; j < 2; ++j) {
      for (int i = 0; i < n; ++i) {
        double product = 0, size = 0;
        for (int k = 0; k < n; ++k) {
          const double term = a(std::max(i, k), std::min(i, k)) * static_cast<double>(x(k, j));
          product += term;
          size += std::abs(term);
        }
        CHECK(std::abs(product - std::sin(i + 3 * j)) <= 1e-4 * (1 + size));
      }
    }
  }
}

TEST(choleskyRefusesWhatIsNotPositiveDefinite) {
  for (const int n : {1, 5, 256, 300, 523}) {
    for (const int at : {0, n / 2, n - 1}) {
      for (const double value : {-1.0, 0.0, poison}) {
        const Framed a = positiveDefinite(n);
        if (value == 0) {
          for (int j = 0; j < at; ++j) a(at, j) = 0;
          for (int i = at; i < n; ++i) a(i, at) = 0;
        }
        a(at, at) = value;
        CHECK(!Cpu().cholesky(a));
      }
    }
  }
}

TEST(sumsAndLoops) {
  WorkerPool pool(2);
  for (const int n : {0, 1, 1023, 1024, 1025, 65536, 65537, 300000}) {
    const Random random(3);
    const auto term = [&](int i) { return random.normal(static_cast<std::uint64_t>(i)); };
    long double exact = 0;
    for (int i = 0; i < n; ++i) exact += term(i);
    const double alone = Cpu().sum(n, term);
    CHECK_NEAR(alone, static_cast<double>(exact), 1e-10);
    for (const int threads : {1, 2, 3}) CHECK_EQ(Cpu(&pool, threads).sum(n, term), alone);
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(n));
    Cpu(&pool).forEach(n, [&](int i) { ++calls[static_cast<std::size_t>(i)]; });
    CHECK(std::all_of(calls.begin(), calls.end(), [](const std::atomic<int>& count) { return count == 1; }));
  }
}

TEST(longOperationsCanBeInterrupted) {
  WorkerPool pool(2);
  for (const bool parallel : {false, true}) {
    Monitor monitor;
    const Cpu la(parallel ? &pool : nullptr, 0, &monitor);
    const Framed a = positiveDefinite(300);
    CHECK(la.cholesky(a));
    monitor.abort();
    const auto interrupted = [](auto&& f) {
      try {
        f();
      } catch (const Interrupted&) {
        return true;
      }
      return false;
    };
    const Framed c(300, 300);
    CHECK(interrupted([&] { la.syrk(1, Framed(5, 300, 1), 0, c); }));
    CHECK(interrupted([&] { la.cholesky(positiveDefinite(300)); }));
    CHECK(interrupted([&] { la.choleskyInverse(a, c); }));
  }
}

TEST(loops) {
  for (const int n : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 1000}) {
    const Framed x(std::max(n, 1), 1, 1);
    const Framed s(std::max(n, 1), 1, 2);
    const Framed mask(std::max(n, 1), 1);
    for (int i = 0; i < n; ++i) mask(i, 0) = i % 3 == 0 ? 1 : 0;
    Framed y(std::max(n, 1), 1, 3);
    const Framed before(std::max(n, 1), 1, 3);
    double* py = &y(0, 0);
    loops::maskedAxpy(n, 0.3, &mask(0, 0), &x(0, 0), py);
    for (int i = 0; i < n; ++i) CHECK_NEAR(py[i], before(i, 0) + 0.3 * mask(i, 0) * x(i, 0), 1e-15);
    loops::mask(n, &mask(0, 0), &x(0, 0), py);
    for (int i = 0; i < n; ++i) CHECK_EQ(py[i], mask(i, 0) != 0 ? x(i, 0) : 0.0);
    for (int i = 0; i < n; ++i) py[i] = before(i, 0);
    loops::relax(n, 1.7, &x(0, 0), -0.4, &s(0, 0), py);
    for (int i = 0; i < n; ++i) {
      CHECK_NEAR(py[i], before(i, 0) + 1.7 * (x(i, 0) - before(i, 0) - 0.4 * s(i, 0)), 1e-14);
    }
    CHECK(y.frameIntact());
    // Signs as the mask has them, but for one entry.
    std::vector<double> signedX(static_cast<std::size_t>(n)), size(static_cast<std::size_t>(n), 2.0);
    for (int i = 0; i < n; ++i)
      signedX[static_cast<std::size_t>(i)] = (2 * mask(i, 0) - 1) * (std::abs(x(i, 0)) + 0.01);
    CHECK(!loops::anyNegative(n, &mask(0, 0), signedX.data(), 0, size.data()));
    for (int wrong = 0; wrong < n; wrong += 1 + n / 20) {
      auto flipped = signedX;
      flipped[static_cast<std::size_t>(wrong)] *= -1;
      const double depth = std::abs(flipped[static_cast<std::size_t>(wrong)]);
      CHECK(loops::anyNegative(n, &mask(0, 0), flipped.data(), 0, size.data()));
      CHECK(loops::anyNegative(n, &mask(0, 0), flipped.data(), 0.49 * depth, size.data()));
      CHECK(!loops::anyNegative(n, &mask(0, 0), flipped.data(), 0.51 * depth, size.data()));
    }
  }
}

TEST(sparseColumnsOfAnyLength) {
  const Random random(10);
  constexpr int rows = 50;
  for (int count = 0; count <= 21; ++count) {
    std::vector<double> a(static_cast<std::size_t>(count)), r(rows), expected(rows);
    std::vector<std::int32_t> row(a.size());
    for (std::size_t i = 0; i < r.size(); ++i) expected[i] = r[i] = random.normal(i);
    double sum = 0, weighted = 0, squares = 0;
    std::vector<double> products(a.size()), scaled(a.size());
    for (std::size_t k = 0; k < a.size(); ++k) {
      a[k] = random.normal(100 + k);
      row[k] = static_cast<std::int32_t>((7 * k + 3) % rows);
      const double entry = r[static_cast<std::size_t>(row[k])];
      products[k] = entry * a[k];
      sum += products[k];
      weighted += entry * products[k];
      squares += products[k] * products[k];
      expected[static_cast<std::size_t>(row[k])] -= 0.7 * a[k];
    }
    CHECK(std::abs(loops::sparseDot(count, a.data(), row.data(), r.data()) - sum) <= 1e-13);
    double sums[2];
    loops::sparseScale(count, a.data(), row.data(), r.data(), scaled.data(), sums);
    CHECK(scaled == products);
    CHECK(std::abs(sums[0] - weighted) <= 1e-13 && std::abs(sums[1] - squares) <= 1e-13);
    loops::sparseAxpy(count, -0.7, a.data(), row.data(), r.data());
    for (std::size_t i = 0; i < r.size(); ++i) CHECK(std::abs(r[i] - expected[i]) <= 1e-14);
  }
}

TEST(outerProductsOfSmallColumns) {
  const Random random(9);
  for (int n = 1; n <= 40; ++n) {
    for (const int count : {0, 1, 3, 70}) {
      const auto size = static_cast<std::size_t>(n);
      std::vector<double> b(size * static_cast<std::size_t>(count) + loops::outerSlack, NAN);
      for (std::size_t i = 0; i < size * static_cast<std::size_t>(count); ++i) b[i] = random.normal(i);
      std::vector<double> c(size * size, 2.0);
      loops::addOuterProducts(n, count, b.data(), c.data());
      double worst = 0;
      for (int j = 0; j < n; ++j) {
        for (int i = 0; i < n; ++i) {
          double expected = 2;
          for (int k = 0; i >= j && k < count; ++k) {
            expected += b[static_cast<std::size_t>(k * n + i)] * b[static_cast<std::size_t>(k * n + j)];
          }
          worst = std::max(worst, std::abs(c[static_cast<std::size_t>(j * n + i)] - expected));
        }
      }
      CHECK(worst <= 1e-12);
    }
  }
}

TEST(buffersOwnTheirMemory) {
  HostBuffer<double> a(100);
  for (std::size_t i = 0; i < 100; ++i) CHECK_EQ(a[i], 0.0);
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(a.data()) % 64, std::uintptr_t{0});
  a[3] = 7;
  HostBuffer<double> b = std::move(a);
  CHECK_EQ(b[3], 7.0);
  HostBuffer<double> c(5);
  c = std::move(b);
  CHECK_EQ(c[3], 7.0);
  CHECK_EQ(c.size(), std::size_t{100});
  if (check::sanitized) return;  // the sanitizer ends the process
  try {
    const HostBuffer<double> tooMuch(std::size_t{1} << 57);
    CHECK(false);
  } catch (const Error& error) {
    CHECK_EQ(error.code(), "OUT_OF_MEMORY");
    CHECK(check::contains(error.what(), "1152921504606846976 bytes"));
  }
}

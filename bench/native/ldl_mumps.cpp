// Our sparse LDL^T and MUMPS, one thread each unless THREADS says otherwise (MUMPS's sequential build has one), on the
// same KKT systems with the same BLAS, in turns. MUMPS is set up as Ipopt does it, but with each of the orderings that
// Debian gives it; ours is at threshold 0.01, MUMPS at Ipopt's 1e-6.
//
//   bench_ldl_mumps THREADS ROUNDS PROBLEM...
#include <dmumps_c.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench.hpp"
#include "ldl.hpp"
#include "linalg/blas.hpp"
#include "linalg/sparse/ldl_sparse.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

/// The least seconds of each phase over the rounds.
struct Times {
  double analysis = INFINITY;
  double first = INFINITY;  ///< factorisation, memory included
  double factor = INFINITY;
  double solve = INFINITY;

  double total() const { return analysis + first; }
};

template <class F>
void measure(double& least, F&& f) {
  const Stopwatch watch;
  f();
  least = std::min(least, watch.seconds());
}

class Ours {
 public:
  Ours(const Kkt& kkt, const Cpu& la) : kkt_(kkt), la_(la), b_(static_cast<std::size_t>(kkt.order()), 1.0) {}

  void round() {
    std::optional<SparseLdl> ldl;
    measure(times_.analysis, [&] { ldl.emplace(kkt_.pattern, kkt_.values, la_); });
    measure(times_.first, [&] { inertia_ = ldl->factor(kkt_.values); });
    for (int i = 0; i < 2; ++i) measure(times_.factor, [&] { ldl->factor(kkt_.values); });
    for (int i = 0; i < 3; ++i) {
      std::vector<double> x = b_;
      measure(times_.solve, [&] { ldl->solve(x); });
    }
    std::vector<double> x = b_;
    const Refinement refinement = ldl->solve(kkt_.values, b_, x, 3);
    entries_ = ldl->factorEntries();
    flops_ = ldl->flops();
    delayed_ = ldl->delayed();
    error_ = refinement.backwardError;
  }

  void print(const std::string& name, int threads) const {
    printLine(name + " ours", {{"threads", threads},
                               {"order", kkt_.order()},
                               {"nonzeros", static_cast<double>(kkt_.values.size())},
                               {"analysisSeconds", times_.analysis},
                               {"firstFactorSeconds", times_.first},
                               {"factorSeconds", times_.factor},
                               {"solveSeconds", times_.solve},
                               {"factorEntries", entries_},
                               {"flops", flops_},
                               {"flopRate", flops_ / times_.factor},
                               {"negative", inertia_.negative},
                               {"delayed", delayed_},
                               {"backwardError", error_}});
  }
  const Times& times() const { return times_; }

 private:
  const Kkt& kkt_;
  const Cpu& la_;
  std::vector<double> b_;
  Times times_;
  Inertia inertia_;
  double entries_ = 0, flops_ = 0, error_ = 0;
  int delayed_ = 0;
};

class Mumps {
 public:
  Mumps(const Kkt& kkt, int ordering) : kkt_(kkt), ordering_(ordering), values_(kkt.values) {
    for (int j = 0; j < kkt.order(); ++j) {
      for (const int i : kkt.pattern.line(j)) {
        rows_.push_back(i + 1);
        columns_.push_back(j + 1);
      }
    }
  }

  void round() {
    DMUMPS_STRUC_C mumps{};
    const auto job = [&](int what) {
      mumps.job = what;
      dmumps_c(&mumps);
      if (mumps.infog[0] < 0) throw std::runtime_error("MUMPS: " + std::to_string(mumps.infog[0]));
    };
    const auto control = [&](int number, int value) { mumps.icntl[number - 1] = value; };
    mumps.sym = 2;
    mumps.par = 1;
    mumps.comm_fortran = -987654;
    job(-1);
    for (const int stream : {1, 2, 3, 4}) control(stream, 0);
    control(6, 7);   // permutation to large diagonals, and
    control(8, 77);  // scaling: the defaults, which are Ipopt's
    control(7, ordering_);
    control(10, 0);
    control(13, 1);
    control(14, 1000);  // percent of memory beyond the estimate: of version 3.14 on
    mumps.cntl[0] = 1e-6;
    mumps.n = kkt_.order();
    mumps.nnz = static_cast<long>(values_.size());
    mumps.irn = rows_.data();
    mumps.jcn = columns_.data();
    mumps.a = values_.data();
    measure(times_.analysis, [&] { job(1); });
    measure(times_.first, [&] { job(2); });
    for (int i = 0; i < 2; ++i) measure(times_.factor, [&] { job(2); });
    std::vector<double> x;
    mumps.nrhs = 1;
    mumps.lrhs = kkt_.order();
    for (int i = 0; i < 3; ++i) {
      x.assign(static_cast<std::size_t>(kkt_.order()), 1.0);
      mumps.rhs = x.data();
      measure(times_.solve, [&] { job(3); });
    }
    used_ = mumps.infog[6];
    negative_ = mumps.infog[11];
    delayed_ = mumps.infog[12];
    entries_ = mumps.infog[28] < 0 ? -1e6 * mumps.infog[28] : mumps.infog[28];
    flops_ = mumps.rinfog[2];
    job(-2);
  }

  void print(const std::string& name) const {
    static const char* const names[] = {"AMD", "given", "AMF", "SCOTCH", "PORD", "METIS", "QAMD", "automatic"};
    printLine(name + " MUMPS " + names[ordering_], {{"orderingUsed", used_},
                                                    {"analysisSeconds", times_.analysis},
                                                    {"firstFactorSeconds", times_.first},
                                                    {"factorSeconds", times_.factor},
                                                    {"solveSeconds", times_.solve},
                                                    {"factorEntries", entries_},
                                                    {"flops", flops_},
                                                    {"flopRate", flops_ / times_.factor},
                                                    {"negative", negative_},
                                                    {"delayed", delayed_}});
  }
  const Times& times() const { return times_; }

 private:
  const Kkt& kkt_;
  int ordering_;
  std::vector<int> rows_, columns_;
  std::vector<double> values_;
  Times times_;
  int used_ = 0, negative_ = 0, delayed_ = 0;
  double entries_ = 0, flops_ = 0;
};

void compare(const Cpu& la, int threads, int rounds, const std::string& name) {
  const Kkt kkt = kktOf(name);
  Ours ours(kkt, la);
  std::vector<Mumps> theirs;
  for (const int ordering : {7, 3, 4, 0, 2, 6}) theirs.emplace_back(kkt, ordering);
  for (int i = 0; i < rounds; ++i) {
    ours.round();
    for (Mumps& each : theirs) each.round();
  }
  ours.print(name, threads);
  Times best;
  for (const Mumps& each : theirs) {
    each.print(name);
    if (each.times().total() < best.total()) best = each.times();
  }
  const Times& automatic = theirs[0].times();
  printLine(name + " ours / MUMPS", {{"threads", threads},
                                     {"totalToAutomatic", ours.times().total() / automatic.total()},
                                     {"factorToAutomatic", ours.times().factor / automatic.factor},
                                     {"solveToAutomatic", ours.times().solve / automatic.solve},
                                     {"totalToBest", ours.times().total() / best.total()},
                                     {"factorToBest", ours.times().factor / best.factor},
                                     {"solveToBest", ours.times().solve / best.solve}});
}

/// Multiplications and additions a second of a large product on one thread.
double peak() {
  constexpr int n = 1200;
  const std::vector<double> a(n * n, 1.0), b(n * n, 1.0);
  std::vector<double> c(n * n);
  return 2.0 * n * n * n /
         bench::best([&] { blas::gemm('N', 'T', n, n, n, 1.0, a.data(), n, b.data(), n, 0.0, c.data(), n); });
}

int run(int argc, char** argv) {
  const int threads = static_cast<int>(argument(argc, argv, 1, 1));
  const int rounds = static_cast<int>(argument(argc, argv, 2, 3));
  WorkerPool pool(threads);
  const Cpu la(&pool, threads);
  printLine("dgemm", {{"flopRate", peak()}});
  for (int i = 3; i < argc; ++i) compare(la, threads, rounds, argv[i]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

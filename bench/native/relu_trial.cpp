#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include "solvers/relu.hpp"
using namespace nonconvex;
static std::vector<std::vector<double>> csv(const std::string& path) {
  std::vector<std::vector<double>> rows; std::ifstream f(path);
  for (std::string line; std::getline(f, line);) { std::vector<double> r; std::stringstream s(line); for (std::string c; std::getline(s, c, ',');) r.push_back(atof(c.c_str())); rows.push_back(r);} return rows; }
int main(int argc, char** argv) {
  std::string name = argv[1]; double lambda = atof(argv[2]); double tol = atof(argv[3]); int threads = argc > 4 ? atoi(argv[4]) : 2;
  auto data = csv("/tmp/relu/" + name + ".csv"); auto gates = csv("/tmp/relu/" + name + "-gates.csv");
  int n = data.size(), d = data[0].size() - 1, P = gates[0].size();
  std::vector<double> x(n * d), y(n);
  for (int k = 0; k < n; ++k) { for (int j = 0; j < d; ++j) x[k * d + j] = data[k][j]; y[k] = data[k][d]; }
  ReluProblem pr; pr.n = n; pr.d = d; pr.x64 = x.data(); pr.y = y.data();
  pr.patterns.gates = HostMatrix<double>(d, P);
  for (int i = 0; i < P; ++i) for (int j = 0; j < d; ++j) pr.patterns.gates(j, i) = gates[j][i];
  ReluSettings st; st.bias = false; st.beta = lambda * n; st.tolerance = tol; st.maxIterations = 20000;
  if (getenv("GATED")) st.activation = ReluActivation::gated;
  if (getenv("LOSS")) st.loss = (ReluLoss)atoi(getenv("LOSS"));
  if (getenv("SLACK")) st.splitting = ReluSplitting::slack;
  if (getenv("SAMPLED")) st.method = ReluMethod::sampled;
  if (getenv("RHO")) st.rho = atof(getenv("RHO"));
  if (getenv("BIAS")) {st.bias = true; pr.patterns.gates = {}; st.regularizeBias = atoi(getenv("BIAS")); }
 if (getenv("NORM")) st.normalize = ReluNormalize::columns;
  if (getenv("CHECK")) st.checkInterval = atoi(getenv("CHECK"));
  if (getenv("ALPHA")) st.relaxation = atof(getenv("ALPHA"));
  bool verbose = getenv("VERBOSE");
  WorkerPool pool(threads);
  Monitor mon(1e9, [&](const Progress& p) { if (verbose) printf("%5d obj %.8f lb %.8f gap %.2e rho %.3g t %.3f\n", p.iteration, p.objective, p.lowerBound, p.residual, p.step, p.seconds); });
  Cpu la(&pool, threads, &mon);
  mon.restart();
  ReluSolver<Cpu> s(la, pr, st);
  auto out = iterate(s, st, mon);
  printf("%s %g: %s it %d obj %.8f gap %.2e t %.3f rho %.3g fact %d", name.c_str(), lambda, std::string(nonconvex::name(out.status)).c_str(), out.progress.iteration, out.progress.objective, out.progress.residual, out.progress.seconds, s.rho(), s.factorizations());
  auto sol = s.solution(); printf(" net %.10f rel %.1e neurons %d P %d feas %.1e", sol.networkObjective, (sol.networkObjective - out.progress.objective) / out.progress.objective, sol.activeNeurons, sol.patterns, out.progress.feasibility);
  puts("");
}

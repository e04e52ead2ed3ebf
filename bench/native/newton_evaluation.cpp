// What values and derivatives of compiled models and families cost, beside one evaluation of f and c.
//
//   bench_newton_evaluation MODEL...      see family_models.hpp
#include "bench.hpp"
#include "family_models.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

void measure(int position, const std::string& name) {
  const Stopwatch watch;
  const NamedNlp model = namedNlp(name);
  Nlp& program = *model.nlp;
  const double preparing = watch.seconds();
  const std::size_t jacobianEntries = program.jacobianPattern().nonzeros();
  const std::size_t hessianEntries = program.hessianPattern().nonzeros();
  const double patterns = watch.seconds();

  const auto n = static_cast<std::size_t>(program.variables()), m = static_cast<std::size_t>(program.constraints());
  std::vector<double> points[2] = {model.start, model.start};
  for (double& value : points[1]) value += 1e-3;
  std::vector<double> g(n), c(m), J(jacobianEntries), H(hessianEntries), product(n), image(m), v(n, 0.5);
  const std::vector<double> lambda(m, 0.25);
  // Every call is at another point than the one before, so that nothing is known of it.
  int which = 0;
  const auto move = [&] { program.moveTo(points[which ^= 1]); };
  const auto values = [&] {
    move();
    const double f = program.objective();
    program.constraintValues(c);
    return f;
  };
  const auto gradient = [&] {
    const double f = values();
    program.gradient(g);
    program.jacobianTransposedProduct(lambda, product);
    return f;
  };
  const auto hessianProduct = [&] { program.hessianProduct(1, lambda, v, product); };

  // A batch that is long enough for the clock.
  const double once = best([&] { values(); });
  const int batch = once < 1e-5 ? static_cast<int>(1e-5 / once) + 1 : 1;
  const auto seconds = [&](auto&& f) {
    return best([&] {
             for (int i = 0; i < batch; ++i) f();
           }) /
           batch;
  };
  const double value = seconds(values);
  const double withGradient = seconds(gradient);
  const double withProduct = seconds([&] {
    gradient();
    hessianProduct();
  });
  const double againProduct = seconds(hessianProduct);
  const double withJacobian = seconds([&] {
    values();
    program.jacobian(J);
  });
  const double withHessian = seconds([&] {
    values();
    program.hessian(1, lambda, H);
  });
  printLine({{"model", position},
             {"n", program.variables()},
             {"m", program.constraints()},
             {"jacobianEntries", static_cast<double>(jacobianEntries)},
             {"hessianEntries", static_cast<double>(hessianEntries)},
             {"dataBytes", model.dataBytes},
             {"preparing", preparing},
             {"patterns", patterns - preparing},
             {"values", value},
             {"withGradient", withGradient},
             {"withHessianProduct", withProduct},
             {"hessianProductAgain", againProduct},
             {"withJacobian", withJacobian},
             {"withHessian", withHessian}});
}

}  // namespace

int main(int argc, char** argv) try {
  for (int i = 1; i < argc; ++i) measure(i - 1, argv[i]);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

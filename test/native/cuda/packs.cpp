// Functors on packs of entries: the same numbers as entry by entry, whatever the rows, and nothing beside them.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "check.hpp"
#include "core/random.hpp"
#include "cuda/cuda.hpp"
#include "problems/glm/kernels.hpp"
#include "simulated_device.hpp"
#include "solvers/relu/engines/system_kernels.hpp"
#include "solvers/relu/kernels.hpp"

using namespace nonconvex;

namespace {

/// How matrices lie in memory.
struct Layout {
  int rows;
  int offset;  ///< entries before the first
  int stride;
  bool inPacks;
};
constexpr Layout layouts[] = {{0, 0, 4, true},   {1, 0, 4, true},   {3, 8, 12, true},    {4, 0, 4, true},
                              {7, 4, 12, true},  {64, 0, 64, true}, {263, 4, 268, true}, {8, 1, 12, false},
                              {8, 3, 12, false}, {8, 0, 13, false}, {263, 0, 263, false}};
constexpr int columns = 6;
constexpr int matrices = 4;

template <class T>
HostMatrix<T> numbers(int size, std::uint32_t stream) {
  HostMatrix<T> a(size, 1);
  for (int k = 0; k < size; ++k) {
    const double x = Random(1, stream).normal(static_cast<std::uint64_t>(k));
    a(k, 0) = static_cast<T>(x > 1 ? 0 : x);  // some zeros, for masks
  }
  return a;
}

/// `run(la, at)` runs a functor on the matrices at(0), at(1), ... of a memory space, and says whether it could in
/// packs.
template <class T, class Run>
void compare(const Run& run) {
  for (const Layout& layout : layouts) {
    const int size = layout.offset + layout.stride * columns;
    HostMatrix<T> host[matrices], back(size, 1);
    const Cuda<T> la(simulated::tables());
    DeviceMatrix<T> device[matrices];
    for (int k = 0; k < matrices; ++k) {
      host[k] = numbers<T>(size, static_cast<std::uint32_t>(k));
      device[k] = la.template matrix<T>(size, 1, Uninitialized{});
      la.upload(host[k].view(), device[k].view());
    }
    const auto view = [&](const auto& all) {
      return [&](int k) {
        auto a = all[k].view();
        a.data += layout.offset;
        return decltype(a){a.data, layout.rows, columns, layout.stride};
      };
    };
    run(Cpu(), view(host));
    CHECK_EQ(run(la, view(device)), layout.inPacks);
    for (int k = 0; k < matrices; ++k) {
      la.download(device[k].view(), back.view());
      CHECK(check::sameBits(back.data(), host[k].data(), back.size()));
    }
  }
}

template <class La, class T, class Space, class Functor>
bool run(const La& la, Mat<T, Space> whole, const Functor& f) {
  la.forEach(whole.rows, whole.cols, f);
  return f.packs().has_value();
}

template <class T>
void compareAll() {
  using namespace kernels;
  const auto on = [](auto&& functor) {
    compare<T>([&](const auto& la, auto&& at) {
      using Space = typename std::remove_cvref_t<decltype(la)>::Space;
      return run(la, at(0), functor(Space{}, at));
    });
  };
  on([]<class Space>(Space, auto& at) { return Masked<T, T, Space>{at(1).columns(0, 3), at(2), 0, at(0)}; });
  on([]<class Space>(Space, auto& at) {
    return Relax<T, Space>{1.6, 0.7, at(1), at(2).columns(0, columns / 2), at(0)};
  });
  on([]<class Space>(Space, auto& at) { return Difference<T, Space>{at(1), at(2), at(0)}; });
  on([]<class Space>(Space, auto& at) { return AddBySign<T, Space>{at(1).columns(0, columns / 2), at(0)}; });
  on([]<class Space>(Space, auto& at) { return SignedSlack<T, Space>{{at(1).columns(0, 3)}, at(2), at(3), at(0)}; });
  on([]<class Space>(Space, auto& at) {
    return UpdateSlack<T, Space>{{at(1).columns(0, 3)}, 1.6, at(2), at(3), at(0)};
  });
  on([]<class Space>(Space, auto& at) { return RelaxWithMultiplier<T, Space>{1.6, at(1), at(2), at(0)}; });
  on([]<class Space>(Space, auto& at) { return Combine<T, Space>{0.3, at(1), -1.2, at(0)}; });
}

}  // namespace

TEST(functorsInDoublePrecision) { compareAll<double>(); }
TEST(functorsInSinglePrecision) { compareAll<float>(); }

TEST(masksOfAnotherType) {
  const Cuda<double> la(simulated::tables());
  const int n = 13;
  const HostMatrix<float> masks = numbers<float>(16 * 2, 4);
  const HostMatrix<double> theta = numbers<double>(n, 5);
  const auto masksOn = la.matrix<float>(16 * 2, 1);
  const auto thetaOn = la.matrix<double>(n, 1), to = la.matrix<double>(16 * 2, 1);
  la.upload(masks.view(), masksOn.view());
  la.upload(theta.view(), thetaOn.view());
  const kernels::Masked<double, float, Device> f{{masksOn.data(), n, 2, 16}, thetaOn, 0, {to.data(), n, 2, 16}};
  CHECK(f.packs().has_value());
  la.forEach(n, 2, f);
  const HostMatrix<double> found(16 * 2, 1);
  la.download(to.view(), found.view());
  for (int k = 0; k < 16 * 2; ++k) {
    const bool on = k % 16 < n && masks(k, 0) != 0;
    CHECK_EQ(found(k, 0), on ? theta(k % 16, 0) : 0.0);
  }
}

TEST(weightedColumnsOfAnotherType) {
  const Cuda<double> la(simulated::tables());
  const int n = 13, stride = 16;
  const HostMatrix<float> a = numbers<float>(stride * 2, 7);
  const HostMatrix<double> weights(2, 1), found(stride * 2, 1);
  weights(0, 0) = 2;
  weights(1, 0) = 0.3;
  const auto aOn = la.matrix<float>(stride * 2, 1);
  const auto weightsOn = la.matrix<double>(2, 1), to = la.matrix<double>(stride * 2, 1);
  la.upload(a.view(), aOn.view());
  la.upload(weights.view(), weightsOn.view());
  const kernels::RootWeighted<float, double, Device> f{
      {aOn.data(), n, 2, stride}, weightsOn.flat(), {to.data(), n, 2, stride}};
  CHECK(f.packs().has_value());
  la.forEach(n, 2, f);
  la.download(to.view(), found.view());
  for (int k = 0; k < stride * 2; ++k) {
    CHECK_EQ(found(k, 0), k % stride < n ? std::sqrt(weights(k / stride, 0)) * static_cast<double>(a(k, 0)) : 0.0);
  }
}

TEST(scaledColumns) {
  const HostMatrix<double> factors = numbers<double>(columns, 6);
  const Cuda<double> device(simulated::tables());
  const auto onDevice = device.matrix<double>(columns, 1);
  device.upload(factors.view(), onDevice.view());
  compare<float>([&](const auto& la, auto&& at) {
    using Space = typename std::remove_cvref_t<decltype(la)>::Space;
    if constexpr (std::is_same_v<Space, Host>) {
      return run(la, at(0), kernels::ScaledColumns<float, Host>{factors.flat(), at(1), at(0)});
    } else {
      return run(la, at(0), kernels::ScaledColumns<float, Device>{onDevice.flat(), at(1), at(0)});
    }
  });
}

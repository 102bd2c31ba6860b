#include "scene/gaussian_model.h"

#include <gtest/gtest.h>

#include <limits>

#include "scene/error.h"

namespace tessera::scene {
namespace {

GaussianModel three_splats() {
  GaussianModel model;
  model.resize(3, 1);
  for (int i = 0; i < 3; ++i) model.position[0][i] = static_cast<float>(i), model.rotation[0][i] = 1;
  return model;
}

TEST(GaussianModel, KnowsItsDegreeAndPlanes) {
  GaussianModel model;
  for (int degree = 0; degree <= 3; ++degree) {
    model.resize(5, degree);
    EXPECT_EQ(model.sh_degree(), degree);
    EXPECT_EQ(model.planes().size(), 11u + 3u * (degree + 1) * (degree + 1));
    EXPECT_EQ(model.bytes(), 5 * 4 * model.planes().size());
  }
}

TEST(GaussianModel, IndexMapGathersEveryPlaneAndZeroesNewRows) {
  GaussianModel model = three_splats();
  model.apply({{2, kNewRow, 0, 2}});
  EXPECT_EQ(model.position[0], (std::vector<float>{2, 0, 0, 2}));
  EXPECT_EQ(model.rotation[0], (std::vector<float>{1, 0, 1, 1}));
  EXPECT_EQ(model.size(), 4u);
}

TEST(GaussianModel, ValidateNamesTheFirstBrokenRow) {
  GaussianModel model = three_splats();
  EXPECT_NO_THROW(model.validate("m"));
  model.log_scale[1][2] = std::numeric_limits<float>::quiet_NaN();
  try {
    model.validate("m.ply");
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "m.ply: scale_1 of splat 2 is not finite");
  }
  model = three_splats();
  model.rotation[0][1] = 0;
  EXPECT_THROW(model.validate("m"), Error);
  model = three_splats();
  model.opacity_logit.push_back(0);
  EXPECT_THROW(model.validate("m"), Error);
}

}  // namespace
}  // namespace tessera::scene

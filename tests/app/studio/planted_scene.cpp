#include "tests/app/studio/planted_scene.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reconstruct/evaluate/picture.h"
#include "render/rasterizer.h"
#include "scene/atomic_file.h"
#include "scene/formats/ply.h"
#include "scene/image.h"
#include "tests/support/random_scene.h"

namespace tessera::test {
namespace fs = std::filesystem;
namespace {

constexpr double kFocal = 160, kStep = 0.15;  // pixels; between cameras

/// Camera i of a row that looks along -z, as transforms.json has cameras (x right, y up, z backwards).
scene::Camera camera_at(int i) {
  scene::Camera camera;
  camera.intrinsics = {PlantedScene::kWidth,       PlantedScene::kHeight,      kFocal, kFocal,
                       PlantedScene::kWidth / 2.0, PlantedScene::kHeight / 2.0};
  camera.cam_from_world.rotation = {0, 1, 0, 0};  // half a turn about x
  camera.cam_from_world.translation = {-kStep * i, 0, 0};
  return camera;
}

void write_cloud(const scene::GaussianModel& model, const fs::path& file) {
  std::ostringstream text;
  text << "ply\nformat ascii 1.0\nelement vertex " << model.size()
       << "\nproperty float x\nproperty float y\nproperty float z\n"
          "property uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n";
  for (std::size_t i = 0; i < model.size(); ++i)
    text << model.position[0][i] << ' ' << model.position[1][i] << ' ' << model.position[2][i] << " 200 180 160\n";
  scene::write_file_atomically(file, text.str());
}

}  // namespace

PlantedScene::PlantedScene(const fs::path& folder) : dataset(folder / "planted"), run(folder / "planted-run") {
  fs::create_directories(dataset / "images");
  fs::create_directories(run);
  const RandomSceneOptions options{
      .splats = 400, .sh_degree = 1, .width = kWidth, .height = kHeight, .scale_low = 0.02, .scale_high = 0.1};
  scene::GaussianModel model = random_model(11, options, camera_at(kWrongView));
  // Fainter colours than any photo is clipped at.
  for (auto& plane : model.sh)
    for (float& v : plane) v *= 0.5f;
  const auto rasterizer = render::make_cpu_rasterizer();
  nlohmann::json transforms = {{"fl_x", kFocal}, {"fl_y", kFocal}, {"cx", kWidth / 2.0},          {"cy", kHeight / 2.0},
                               {"w", kWidth},    {"h", kHeight},   {"ply_file_path", "cloud.ply"}};
  for (int i = 0; i < kViews; ++i) {
    const std::string name = "images/photo" + std::to_string(i) + ".png";
    scene::write_image(dataset / name, reconstruct::to_image8(rasterizer->forward(model, camera_at(i), {}).color));
    transforms["frames"].push_back(
        {{"file_path", name}, {"transform_matrix", {{1, 0, 0, kStep * i}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}}});
  }
  write_cloud(model, dataset / "cloud.ply");
  scene::write_file_atomically(dataset / "transforms.json", transforms.dump());

  // The wrong splat: white, near, a few pixels wide.
  constexpr double kDepth = 1.5;
  const scene::Camera camera = camera_at(kWrongView);
  const glm::dvec3 place = camera.cam_from_world.inverse()(
      {(kWrongX + 0.5 - kWidth / 2.0) / kFocal * kDepth, (kWrongY + 0.5 - kHeight / 2.0) / kFocal * kDepth, kDepth});
  wrong_row = model.size();
  model.resize(wrong_row + 1, model.sh_degree());
  for (int c = 0; c < 3; ++c) {
    const auto i = static_cast<std::size_t>(c);
    model.position[i][wrong_row] = static_cast<float>(place[c]);
    model.log_scale[i][wrong_row] = static_cast<float>(std::log(3 * kDepth / kFocal));
    model.sh[i][wrong_row] = static_cast<float>(2 / scene::kSh0);
  }
  model.rotation[0][wrong_row] = 1, model.opacity_logit[wrong_row] = 6;
  scene::write_splat_ply(model, run / "model.ply");
  scene::write_file_atomically(run / "run.json", nlohmann::json{{"data", dataset.string()},
                                                                {"state", "finished"},
                                                                {"preset", "draft"},
                                                                {"options", {{"max_image_size", "1600"}}}}
                                                     .dump());
}

}  // namespace tessera::test

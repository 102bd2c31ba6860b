#include <cstdlib>

#include "render/vulkan/memory.h"
#include "tests/support/vulkan_test.h"

namespace tessera::render::vulkan {
namespace {

using testing::HasSubstr;

template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const scene::Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(Instance, WithoutALoaderSaysWhatToInstall) {
  EXPECT_EQ(error_of([] { Instance({.loader = "libnowhere.so"}); }),
            "Vulkan: its loader libnowhere.so is not installed; install libvulkan1 and your graphics card's driver");
  EXPECT_THAT(error_of([] { Instance({.loader = "libc.so.6"}); }), HasSubstr("libc.so.6 is not a Vulkan loader"));
}

TEST(Instance, AnUnknownExtensionIsAnError) {
  EXPECT_THAT(error_of([] { Instance({.extensions = {"VK_TESSERA_nothing"}}); }), HasSubstr("vkCreateInstance failed"));
}

TEST(Instance, WithoutADriverSaysSo) {
  // The loader looks at both names, the old and the new.
  for (const char* name : {"VK_ICD_FILENAMES", "VK_DRIVER_FILES"}) setenv(name, "/nowhere/driver.json", 1);
  const std::string error = error_of([] {
    const Instance instance;
    const Device device(instance);
  });
  for (const char* name : {"VK_ICD_FILENAMES", "VK_DRIVER_FILES"}) unsetenv(name);
  EXPECT_THAT(error, testing::AnyOf(HasSubstr("no driver was found"), HasSubstr("there is no device")));
}

class DeviceTest : public test::VulkanTest {};

TEST_F(DeviceTest, TellsWhatItCanDo) {
  const Capabilities& c = device().capabilities();
  EXPECT_FALSE(c.name.empty());
  EXPECT_GE(c.max_storage_range, std::uint64_t{128} << 20);  // Vulkan's own minimum for this room
  EXPECT_GT(c.subgroup_size, 0u);
  EXPECT_GT(c.local_memory, 0u);
  EXPECT_GE(c.max_image_side, 4096u);
  EXPECT_FALSE(c.swapchain) << "an instance without surfaces";
  EXPECT_GT(device().free_memory(), 0u);
  EXPECT_LE(device().free_memory(), c.local_memory);
}

TEST_F(DeviceTest, ADeviceThatIsNotThereIsNamed) {
  EXPECT_THAT(error_of([&] { Device(*instance_, "Nothing Like It"); }), HasSubstr("is not the one asked for"));
  EXPECT_THAT(error_of([&] { Device(*instance_, {}, {}, [](VkPhysicalDevice, std::uint32_t) { return false; }); }),
              HasSubstr("has no queue that draws and computes"));
}

TEST_F(DeviceTest, MoreMemoryThanThereIsNamesWhatItWasFor) {
  EXPECT_THAT(error_of([&] {
                Buffer(device(), device().capabilities().local_memory * 4, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
                       Where::device, "a great many splats");
              }),
              testing::AnyOf(HasSubstr("a great many splats"), HasSubstr("vkCreateBuffer failed")));
}

TEST_F(DeviceTest, TicketsAreDoneInOrder) {
  std::uint64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    const std::uint64_t ticket = device().submit([](VkCommandBuffer) {});
    EXPECT_EQ(ticket, last + 1);
    last = ticket;
  }
  device().wait(last);
  EXPECT_TRUE(device().done(last));
  EXPECT_FALSE(device().done(last + 1));
}

TEST_F(DeviceTest, RetiredObjectsLiveUntilTheirWorkIsDone) {
  const auto object = std::make_shared<int>(1);
  device().wait(device().submit([](VkCommandBuffer) {}));
  device().retire(object);
  EXPECT_EQ(object.use_count(), 2);
  device().submit([](VkCommandBuffer) {});  // looks at what is done
  EXPECT_EQ(object.use_count(), 1);
}

}  // namespace
}  // namespace tessera::render::vulkan

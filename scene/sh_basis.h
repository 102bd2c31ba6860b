#pragma once

#include <array>

namespace tessera::scene {

/// Real spherical harmonics of degrees 0..3 at the unit vector (x, y, z), in the order and with the signs of the reference implementation
/// (Kerbl et al. 2023): the form in which 3DGS PLY files store colour. 16 values; entry k belongs to coefficient k.
std::array<double, 16> sh_basis(double x, double y, double z);

}  // namespace tessera::scene

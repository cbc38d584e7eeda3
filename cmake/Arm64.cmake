# For 64-bit ARM, with Debian's cross compiler and the libraries that scripts/arm64-root has put into root/ of the build folder. Tests run in qemu:
# what differs between machines shows, how fast it is doesn't.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

if(NOT TEXTD_ARM64_ROOT)
    set(TEXTD_ARM64_ROOT ${CMAKE_BINARY_DIR}/root)
endif()
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TEXTD_ARM64_ROOT)
set(CMAKE_SYSROOT ${TEXTD_ARM64_ROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${TEXTD_ARM64_ROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${TEXTD_ARM64_ROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${TEXTD_ARM64_ROOT}/usr/share/pkgconfig)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L ${TEXTD_ARM64_ROOT})

# textd_add_plugin(NAME [BY_NAME] SOURCES file... [RESOURCES file...] [LIBRARIES target...] [OUTPUT_DIRECTORY dir])
#
# Builds NAME.so, a plugin. Its resources (what host->resource finds) go into a folder of its name under the models.
# Undefined symbols are an error here, at link time, not at the first document (-z defs; the sanitizers' run-time is
# undefined on purpose in a shared library). With OUTPUT_DIRECTORY the plugin is for tests and is not installed. BY_NAME: it is of
# no use unless the configuration says more of it, and so isn't loaded where the configuration names no plugins.
function(textd_add_plugin name)
    cmake_parse_arguments(arg "BY_NAME" "OUTPUT_DIRECTORY" "SOURCES;RESOURCES;LIBRARIES" ${ARGN})
    add_library(plugin_${name} MODULE ${arg_SOURCES})
    target_link_libraries(plugin_${name} PRIVATE textd_headers ${arg_LIBRARIES})
    if(NOT TEXTD_SANITIZE)
        target_link_options(plugin_${name} PRIVATE -Wl,-z,defs)
    endif()
    set(below "")
    if(arg_BY_NAME)
        set(below /by-name)
    endif()
    set(plugin_dir ${CMAKE_BINARY_DIR}/lib/textd/plugins${below})
    set(model_dir ${CMAKE_BINARY_DIR}/share/textd/models/${name})
    if(arg_OUTPUT_DIRECTORY)
        set(plugin_dir ${arg_OUTPUT_DIRECTORY})
        set(model_dir ${arg_OUTPUT_DIRECTORY}/${name})
    endif()
    set_target_properties(plugin_${name} PROPERTIES PREFIX "" OUTPUT_NAME ${name} SUFFIX .so
        LIBRARY_OUTPUT_DIRECTORY ${plugin_dir})
    if(TEXTD_SPLIT_DEBUG AND NOT arg_OUTPUT_DIRECTORY)
        set(debug ${plugin_dir}/.debug/${name}.so.debug)
        add_custom_command(TARGET plugin_${name} POST_BUILD
            COMMAND ${CMAKE_COMMAND} -E make_directory ${plugin_dir}/.debug
            COMMAND ${CMAKE_OBJCOPY} --only-keep-debug --compress-debug-sections $<TARGET_FILE:plugin_${name}> ${debug}
            COMMAND ${CMAKE_OBJCOPY} --strip-debug --add-gnu-debuglink=${debug} $<TARGET_FILE:plugin_${name}>
            VERBATIM)
    endif()
    foreach(resource ${arg_RESOURCES})
        get_filename_component(file_name ${resource} NAME)
        configure_file(${resource} ${model_dir}/${file_name} COPYONLY)
    endforeach()
    if(NOT arg_OUTPUT_DIRECTORY)
        install(TARGETS plugin_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/textd/plugins${below})
        install(FILES ${arg_RESOURCES} DESTINATION ${CMAKE_INSTALL_DATADIR}/textd/models/${name})
    endif()
endfunction()

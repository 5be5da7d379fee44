# add_migrations(NAME ROOT): the migrations of a source tree. An OBJECT library, because nothing refers to them by name:
# an executable that links it directly gets all of them, and adding a migration is adding a file.
set(embed_migrations ${CMAKE_CURRENT_LIST_DIR}/EmbedMigrations.cmake)

function(add_migrations name root)
  set(folder app/alembic/versions)
  file(GLOB versions CONFIGURE_DEPENDS ${root}/${folder}/[!.]*.cpp)
  file(GLOB sql_versions CONFIGURE_DEPENDS ${root}/${folder}/[!.]*.sql)
  set(signoffs app/alembic/signoffs.toml)
  file(GLOB signoffs_file CONFIGURE_DEPENDS ${root}/${signoffs})
  set(embedded ${CMAKE_CURRENT_BINARY_DIR}/embedded_migrations.cpp)
  add_custom_command(OUTPUT ${embedded}
    COMMAND ${CMAKE_COMMAND} -D ROOT=${root} -D FOLDER=${folder} -D SIGNOFFS=${signoffs} -D OUTPUT=${embedded} -P ${embed_migrations}
    DEPENDS ${versions} ${sql_versions} ${signoffs_file} ${embed_migrations}
    VERBATIM)
  add_library(${name} OBJECT ${versions} ${embedded})
endfunction()

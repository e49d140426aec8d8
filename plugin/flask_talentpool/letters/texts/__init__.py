"""The texts letters are made of: files, versions, syntax, editor; the packaged ones lie beside."""

"""Small still lifes, drawn as SVG with nothing but the standard library."""
